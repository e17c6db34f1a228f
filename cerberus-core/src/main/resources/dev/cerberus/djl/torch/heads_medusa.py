# Medusa heads: blocks around a residual that is the identity, each head for itself; the root token is not looked at.
#
# h: hidden states, [rows, hidden]. Returns the heads' final states, [heads, rows, hidden].

def states(self, h: Tensor, e: Tensor, ws: List[Tensor], ms: List[Matrix]) -> Tensor:
    rows = torch.size(h, 0)
    y = self.linear(h, ms[self.FIRST()], ws[self.BIASES()])
    y = torch.transpose(torch.reshape(y, [rows, self.HEADS(), self.HIDDEN()]), 0, 1)
    s = torch.unsqueeze(h, 0) + torch.silu(y)
    for layer in range(1, self.LAYERS()):
        bias = self.BIASES() + 2 * layer
        s = s + torch.silu(self.each_biased(s, ws[bias - 1], ws[bias]))
    return s
