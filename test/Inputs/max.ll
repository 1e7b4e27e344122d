target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

define i32 @max(i32 %a, i32 %b) #0 {
  %slot = alloca i32
  %less = icmp slt i32 %a, %b
  br i1 %less, label %yes, label %no
yes:
  store i32 %b, ptr %slot
  br label %end
no:
  store i32 %a, ptr %slot
  br label %end
end:
  %result = load i32, ptr %slot
  ret i32 %result
}

attributes #0 = { minsize optsize nounwind }
