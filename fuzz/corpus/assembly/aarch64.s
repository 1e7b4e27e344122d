f:
	adrp	x9, .LJTI0_0
	add	x9, x9, :lo12:.LJTI0_0
	adr	x10, .L1
	ldrb	w11, [x9, x8]
	add	x10, x10, x11, lsl #2
	br	x10
.L1:
	ret
.LJTI0_0:
	.section	.rodata
	.byte	(.L1-.L1)>>2
