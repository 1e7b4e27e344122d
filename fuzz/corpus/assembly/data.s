	.data
x:	.quad	y+8
	.short	1
y:	.long	x-.
	.asciz	"a\"b"
	.set	z, x+4
	.comm	w,8,8
	.section	.init_array,"aw",@init_array
	.quad	f
