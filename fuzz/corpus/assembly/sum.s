	.globl	sum
	.type	sum,@function
sum:
	.cfi_startproc
	leal	(%rdi,%rsi,2), %eax
	lock
	incl	(%rdx)
	retq
	.cfi_endproc
	.size	sum, .-sum
