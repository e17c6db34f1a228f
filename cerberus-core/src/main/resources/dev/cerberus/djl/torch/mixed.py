# Products of a model in training: matrices and what they multiply in TYPE(), the residual stream in float32. A Matrix is a
# tensor, [out, in].

def linear(self, x: Tensor, w: Matrix, bias: Optional[Tensor]) -> Tensor:
    return torch.linear(torch.to(x, self.TYPE()), w, bias)

def linear_onto(self, x: Tensor, w: Matrix, bias: Optional[Tensor], onto: Tensor) -> Tensor:
    return onto + torch.to(self.linear(x, w, bias), 6)
