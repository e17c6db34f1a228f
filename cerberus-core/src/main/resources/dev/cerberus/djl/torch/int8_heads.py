# Products of draft heads in 8-bit integers: as those of the model, for rows of any shape. A row's result does not depend on
# the other rows.

def scaled(self, x: Tensor, w: Matrix) -> Tuple[Tensor, Tensor]:
    m = torch.amax(torch.abs(x), [-1], True)
    y = ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32(torch.div(x, m), 0.007874015718698502, 128, w)
    return (y, m)

def linear(self, x: Tensor, w: Matrix, bias: Optional[Tensor]) -> Tensor:
    y, m, = self.scaled(x, w)
    if torch.__isnot__(bias, None):
        z = torch.addcmul(unchecked_cast(Tensor, bias), y, m)
    else:
        z = torch.mul(y, m)
    return z

def linear_onto(self, x: Tensor, w: Matrix, bias: Optional[Tensor], onto: Tensor) -> Tensor:
    y, m, = self.scaled(x, w)
    return torch.addcmul(onto, y, m)
