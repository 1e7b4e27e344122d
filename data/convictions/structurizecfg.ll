; Convicts structurizecfg: linked with the rest of atomic_all_orders.c, this does something else after the pass alone.
;   llmc bisect --program atomic_all_orders.c -p structurizecfg -o DIR --reduce
; ModuleID = 'reduced.ll'
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

define i8 @byte_step(i32 %0, i8 %1, i32 %2) {
  %4 = alloca [0 x [0 x i8]], i32 0, align 1
  switch i1 false, label %6 [
    i1 false, label %6
    i1 true, label %5
  ]

5:                                                ; preds = %3
  br label %7

6:                                                ; preds = %3, %3
  store i8 0, ptr %4, align 1
  br label %7

7:                                                ; preds = %6, %5
  %8 = load i8, ptr %4, align 1
  ret i8 %8
}
