# What of the heads' scores goes to the caller: float32, a row per head and root, or per node.

# The probabilities of the best candidates, their rows in the draft vocabulary, the entropy: [..., 2 * ranks + 1]. The
# entropy is the logits' normalizer less their mean, which needs no logarithm per token. scale: what scores are multiplied
# by, a number a row.
def ranked(self, logits: Tensor, scale: Tensor, ranks: int) -> Tensor:
    scaled = torch.mul(torch.to(logits, 6), scale)
    p = torch.softmax(scaled, -1)
    best, at, = torch.topk(p, ranks, -1)
    normalizer = torch.gather(scaled, -1, torch.slice(at, -1, 0, 1)) - torch.log(torch.slice(best, -1, 0, 1))
    entropy = normalizer - torch.sum(p * scaled, [-1], True)
    return torch.cat([best, torch.to(at, 6), entropy], -1)
