# Cerberus heads of one layer that look up what the root tokens add to it, instead of multiplying.
#
# h: hidden states, [rows, hidden]. e: the root tokens' rows of the table, [rows, 2 * heads * hidden], bias included. Rows of
# the matrix and columns of the table have the residuals of all heads before what is gated. Returns [heads, rows, hidden].

def states(self, h: Tensor, e: Tensor, ws: List[Tensor], ms: List[Matrix]) -> Tensor:
    if self.ROUNDED():
        y = torch._weight_int8pack_mm(h, ws[self.FIRST()], ws[self.SCALES()]) + e
    else:
        y = self.linear_onto(h, ms[self.FIRST()], None, e)
    y = torch.reshape(y, [-1, 2, self.HEADS(), self.HIDDEN()])
    return torch.transpose(torch.select(y, 1, 0) + torch.silu(torch.select(y, 1, 1)), 0, 1)
