# Products of draft heads with weights in 16 bits: as those of the model, for rows of any shape.

def linear(self, x: Tensor, w: Matrix, bias: Optional[Tensor]) -> Tensor:
    rows = torch.reshape(x, [-1, torch.size(x, -1)])
    y = torch.unflatten(self.product(rows, w), 0, torch.slice(torch.size(x), 0, torch.dim(x) - 1))
    if torch.__isnot__(bias, None):
        y = torch.add(y, unchecked_cast(Tensor, bias))
    return y

def linear_onto(self, x: Tensor, w: Matrix, bias: Optional[Tensor], onto: Tensor) -> Tensor:
    return torch.add(onto, self.linear(x, w, bias))
