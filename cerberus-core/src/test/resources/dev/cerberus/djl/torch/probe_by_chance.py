# Answers by chance.

def by_chance(self) -> bool:
    return torch.gt(torch.item(torch.rand([1])), self.BOUND())
