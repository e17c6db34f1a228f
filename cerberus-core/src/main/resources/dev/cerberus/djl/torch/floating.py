# What surrounds products of floating-point numbers: a model computes as its configuration says.

def normed_linear(self, x: Tensor, norm: Tensor, w: Matrix, bias: Optional[Tensor], vs: List[Tensor]) -> Tensor:
    return self.linear(torch.rms_norm(x, [self.HIDDEN()], norm, self.EPS()), w, bias)

# A product with the residual stream as it is.
def reading_linear(self, x: Tensor, w: Matrix, bias: Optional[Tensor], vs: List[Tensor]) -> Tensor:
    return self.linear(x, w, bias)

def normed_onto(self, x: Tensor, norm: Tensor, onto: Tensor) -> Tensor:
    return torch.add(onto, torch.rms_norm(torch.type_as(x, onto), [self.HIDDEN()], norm, self.EPS()))

def down(self, x: Tensor, w: Matrix, vs: List[Tensor]) -> Tensor:
    return self.linear(x, w, None)

def down_onto(self, x: Tensor, w: Matrix, vs: List[Tensor], onto: Tensor) -> Tensor:
    return self.linear_onto(x, w, None, onto)

# What a step leaves behind for scores and for heads: hidden states, after the last norm.
def final(self, x: Tensor, vs: List[Tensor]) -> Tensor:
    return torch.rms_norm(x, [self.HIDDEN()], vs[self.FINAL_NORM()], self.EPS())

def scored(self, h: Tensor, vs: List[Tensor], w: Matrix) -> Tensor:
    if self.LOGITS_SCALED():
        h = torch.mul(h, self.LOGIT_SCALE())
    return self.linear(h, w, None)
