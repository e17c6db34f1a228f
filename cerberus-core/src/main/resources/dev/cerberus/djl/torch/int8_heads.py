# Products of draft heads in 8-bit integers. What heads propose may be a little off, and depend on the rows beside it; what is
# accepted is not. So libtorch's own quantization, one scale for all rows of a call, is good enough.

def linear(self, x: Tensor, w: Matrix, bias: Optional[Tensor]) -> Tensor:
    y = ops.quantized.linear_dynamic(x, w)
    if torch.__isnot__(bias, None):
        y = torch.add(y, unchecked_cast(Tensor, bias))
    return y
