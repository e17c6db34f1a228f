# Products by libtorch's general kernel, which works on every device. A Matrix is a tensor, [out, in].

def packed(self, w: Tensor) -> Matrix:
    return w

def linear(self, x: Tensor, w: Matrix, bias: Optional[Tensor]) -> Tensor:
    return torch.linear(x, w, bias)

def linear_onto(self, x: Tensor, w: Matrix, bias: Optional[Tensor], onto: Tensor) -> Tensor:
    return torch.add(onto, torch.linear(x, w, bias))
