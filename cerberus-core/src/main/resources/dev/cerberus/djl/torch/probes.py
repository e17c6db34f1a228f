# What a kernel has to be able to do before it is used: each returns whether it is.

def computes(self, type: int) -> bool:
    w = self.packed(torch.ones([2, 2], dtype=type))
    y = self.linear(torch.ones([1, 2], dtype=type), w, None)
    return torch.eq(torch.item(torch.sum(torch.to(y, 6))), 4.)
