# Cerberus heads of one layer that look up what the root token adds to it, instead of multiplying.
#
# h: one hidden state, [1, hidden]. e: the root token's row of the table, [1, 2 * heads * hidden], bias included. Rows of
# the matrix and columns of the table have the residuals of all heads before what is gated. Returns [heads, 1, hidden].

def states(self, h: Tensor, e: Tensor, ws: List[Tensor], ms: List[Matrix]) -> Tensor:
    if self.ROUNDED():
        y = torch._weight_int8pack_mm(h, ws[self.FIRST()], ws[self.SCALES()]) + e
    else:
        y = self.linear(h, ms[self.FIRST()], torch.select(e, 0, 0))
    y = torch.reshape(y, [2, self.HEADS(), 1, self.HIDDEN()])
    return torch.select(y, 0, 0) + torch.silu(torch.select(y, 0, 1))
