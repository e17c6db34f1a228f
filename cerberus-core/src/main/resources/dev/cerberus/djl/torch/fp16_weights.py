# Products of a model with weights in 16 bits: everything else is 32 bits wide.

def linear(self, x: Tensor, w: Matrix, bias: Optional[Tensor]) -> Tensor:
    y = self.product(x, w)
    if torch.__isnot__(bias, None):
        y = torch.add_(y, unchecked_cast(Tensor, bias))
    return y

def linear_onto(self, x: Tensor, w: Matrix, bias: Optional[Tensor], onto: Tensor) -> Tensor:
    return torch.add_(self.linear(x, w, bias), onto)
