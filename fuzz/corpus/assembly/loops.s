	.section	.data.rel.ro,"aw"
.La:	.quad	.Lb
.Lb:	.quad	.La
	.text
f:	leaq	.La(%rip), %rax
1:	jmp	1b
.Ltmp0:	jmp	.Ltmp0
