	.type	a,@function
a:	frobnicate %eax
	.byte	1
	.type	b,@function
b:	jmp	.Lnowhere
	.size	a, .-a
	.include "x"
	.type	c,@function
c:	.frob
