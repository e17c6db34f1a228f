# Products by libtorch's general kernel on CUDA, which adds what a product is added to itself.

def packed(self, w: Tensor) -> Matrix:
    return w

def linear(self, x: Tensor, w: Matrix, bias: Optional[Tensor]) -> Tensor:
    return torch.linear(x, w, bias)

# Changes what it is added to.
def linear_onto(self, x: Tensor, w: Matrix, bias: Optional[Tensor], onto: Tensor) -> Tensor:
    if torch.__isnot__(bias, None):
        onto = torch.add(onto, unchecked_cast(Tensor, bias))
    return torch.addmm_(onto, x, torch.t(w))
