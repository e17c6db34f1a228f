# Fills a cache with what is no number.

def spoil(self, cache: Tensor) -> Tensor:
    return torch.fill_(cache, nan)
