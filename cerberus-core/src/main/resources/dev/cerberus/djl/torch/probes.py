# What a kernel has to be able to do before it is used: each returns whether it is.

def computes(self) -> bool:
    w = self.packed(torch.ones([2, 2], dtype=self.TYPE()))
    y = self.linear(torch.ones([1, 2], dtype=self.TYPE()), w, None)
    return torch.eq(torch.item(torch.sum(torch.to(y, 6))), 4.)
