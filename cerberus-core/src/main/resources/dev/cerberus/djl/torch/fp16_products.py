# Products by FBGEMM of 32-bit activations with 16-bit weights, which are widened on their way into the registers.
#
# Rows of zeros are added where a number of rows would be multiplied in another order than others (see FilledRows).

# x: [rows, in]. Returns [rows, out], of which some rows more may lie behind.
def product(self, x: Tensor, w: Matrix) -> Tensor:
    rows = torch.size(x, 0)
    over = rows % self.PERIOD()
    if over > 0 and over < self.FEWEST():
        full = torch.constant_pad_nd(x, [0, 0, 0, self.FEWEST() - over])
        y = torch.slice(ops.quantized.linear_dynamic_fp16(full, w), 0, 0, rows)
    else:
        y = ops.quantized.linear_dynamic_fp16(x, w)
    return y
