# Fails when it is called.

def holds(self) -> bool:
    return torch.equal(torch.mm(torch.ones([2, 3]), torch.ones([2, 3])), torch.ones([1]))
