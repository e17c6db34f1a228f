# Matrices of 16-bit floating-point numbers as FBGEMM wants them. What is beyond their range becomes the largest of them.

def packed(self, w: Tensor) -> Matrix:
    return ops.quantized.linear_prepack_fp16(w, None)
