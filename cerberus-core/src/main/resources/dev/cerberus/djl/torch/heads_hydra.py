# Hydra heads, one after another: a head reads the hidden state and the embeddings of the root and of all tokens drafted
# before it.

# z: inputs of one head, [rows, (2 + head) * hidden]. Returns its final states, [rows, hidden].
def state(self, z: Tensor, head: int, ws: List[Tensor], ms: List[Matrix]) -> Tensor:
    s = z
    for layer in range(self.LAYERS()):
        block = (head * self.LAYERS() + layer) * self.STRIDE()
        y = self.linear(s, ms[self.FIRST() + block], ws[self.BIASES() + block])
        residual, gated, = torch.chunk(y, 2, 1)
        s = residual + torch.silu(gated)
    return s

# h: hidden states, [rows, hidden]. e: embeddings of the true tokens, [rows, heads * hidden]. Returns [heads, rows, hidden].
def states(self, h: Tensor, e: Tensor, ws: List[Tensor], ms: List[Matrix]) -> Tensor:
    all = annotate(List[Tensor], [])
    for head in range(self.HEADS()):
        seen = torch.slice(e, 1, 0, (head + 1) * self.HIDDEN())
        _0 = torch.append(all, self.state(torch.cat([h, seen], 1), head, ws, ms))
    return torch.stack(all, 0)
