# Cerberus heads: a lattice in which layer l of every head reads layer l-1 only, so that a layer of all heads is one
# batched product.
#
# h: hidden states, [rows, hidden]. e: embeddings of the root tokens, [rows, hidden]. ws, ms: the weights; see
# HeadsProgram for their order. Returns the heads' final states, [heads, rows, hidden].

def states(self, h: Tensor, e: Tensor, ws: List[Tensor], ms: List[Matrix]) -> Tensor:
    rows = torch.size(h, 0)
    before = torch.unsqueeze(h, 0)
    roots = torch.expand(torch.unsqueeze(e, 0), [self.HEADS(), rows, self.HIDDEN()])
    # The first layer's two states are both h, so that all heads have one input, [h; e].
    z = h
    if self.ROOTED():
        z = torch.cat([h, e], 1)
    y = self.linear(z, ms[self.FIRST()], ws[self.BIASES()])
    y = torch.transpose(torch.reshape(y, [rows, self.HEADS(), 2 * self.HIDDEN()]), 0, 1)
    residual, gated, = torch.chunk(y, 2, 2)
    s = residual + torch.silu(gated)
    for layer in range(1, self.LAYERS()):
        # What a head reads beside its own state: that of the head before it, which is h before the first head.
        beside = s
        if self.LINKED():
            beside = torch.cat([before, torch.slice(s, 0, 0, self.HEADS() - 1)], 0)
        if self.ROOTED():
            z = torch.cat([s, beside, roots], 2)
        else:
            z = torch.cat([s, beside], 2)
        bias = self.BIASES() + 2 * layer
        residual, gated, = torch.chunk(self.each_biased(z, ws[bias - 1], ws[bias]), 2, 2)
        s = residual + torch.silu(gated)
    return s
