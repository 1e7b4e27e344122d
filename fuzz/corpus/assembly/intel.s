.intel_syntax noprefix
f:
	movsx	rax, DWORD PTR [rsi+rdi*4]
	call	[QWORD PTR 8[rax]]
	jne	f
	ret
