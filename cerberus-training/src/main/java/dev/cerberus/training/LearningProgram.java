package dev.cerberus.training;

import dev.cerberus.djl.HeadsProgram;
import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.HeadsKind;

/**
 * The TorchScript methods that train heads, around the one definition of the heads.
 */
final class LearningProgram {

    /** Ranks among which the accuracy is measured. */
    static final int RANKS = 8;

    /*
     * Parameters and optimizer state are float32; what the heads compute with is rounded
     * to DTYPE once a step. data: hidden states as bytes of bf16 [n, 2·hidden], rows of
     * the embedding table [n] (serial heads: [n, heads]), labels as rows of the draft
     * vocabulary [heads, n, choices], their weights [heads, n, choices], and for heads
     * with transitions the rows of the tokens before the labels [heads - 1, n]. fixed:
     * embedding table, scale of the hidden states, and the LM head when it is not
     * trained.
     *
     * A block's bias belongs to its gated half alone; the fused bias has a place for the
     * residual half too, which stays zero.
     *
     * The loss is differentiated by hand down to the logits, the largest tensor by far,
     * and by autograd from there.
     */
    private static final String SOURCE = """
              def final_states(self: __torch__.M, data: List[Tensor], fixed: List[Tensor], ws: List[Tensor]) -> Tensor:
                h = torch.to(torch.view_copy(data[0], dtype=15), 6)
                h = torch.to(torch.mul(h, fixed[1]), $DTYPE)
                e = torch.reshape(torch.embedding(fixed[0], data[1]), [torch.size(h, 0), -1])
                return (self).states(h, e, ws)
              def rounded(self: __torch__.M, ps: List[Tensor], train: bool) -> List[Tensor]:
                ws = annotate(List[Tensor], [])
                for i in range(torch.len(ps)):
                  _0 = torch.append(ws, torch.clone(torch.to(torch.detach(ps[i]), $DTYPE)))
                if train:
                  for i in range(torch.len(ws)):
                    _1 = torch.requires_grad_(ws[i], True)
                return ws
              def step(self: __torch__.M, data: List[Tensor], fixed: List[Tensor], ps: List[Tensor], ms: List[Tensor],
                       vs: List[Tensor], hs: List[Tensor]) -> Tensor:
                torch.set_grad_enabled(True)
                leaves = (self).rounded(ps, True)
                ws = annotate(List[Tensor], [])
                for i in range(torch.len(leaves)):
                  _2 = torch.append(ws, leaves[i])
                $FROZEN
                y = (self).logits((self).final_states(data, fixed, ws), ws)
                $FOLLOWED
                torch.set_grad_enabled(False)
                logits = torch.to(torch.detach(y), 6)
                size = torch.logsumexp(logits, [2], True)
                picked = torch.gather(logits, 2, data[2])
                losses = torch.sum(torch.mul(torch.sub(size, picked), data[3]), [1, 2])
                mass = torch.sum(data[3], [2], True)
                p = torch.mul_(torch.exp_(torch.sub_(logits, size)), mass)
                p = torch.scatter_add_(p, 2, data[2], torch.neg(data[3]))
                seeds = annotate(List[Optional[Tensor]], [torch.to(p, $DTYPE)])
                grads = torch.grad([y], leaves, seeds)
                gs = annotate(List[Tensor], [])
                square = torch.zeros([1], device=ops.prim.device(y))
                for i in range(torch.len(leaves)):
                  g = torch.zeros_like(ps[i])
                  g0 = grads[i]
                  if torch.__isnot__(g0, None):
                    g = torch.to(unchecked_cast(Tensor, g0), 6)
                  if torch.__and__(torch.eq(torch.remainder(i, 2), 1), torch.lt(i, $BIASED)):
                    _8 = torch.zero_(torch.select(torch.reshape(g, [-1, 2, $HIDDEN]), 1, 0))
                  square = torch.add(square, torch.sum(torch.mul(g, g)))
                  _3 = torch.append(gs, g)
                norm = torch.sqrt(square)
                h0 = hs[0]
                rate = float(h0[0])
                output_rate = float(h0[1])
                t = float(h0[2])
                factor = torch.clamp(torch.reciprocal(torch.add(norm, 9.9999999999999995e-07)), None, 1.)
                finite = torch.all(torch.isfinite(torch.cat([losses, norm], 0)))
                if bool(finite):
                  for i in range(torch.len(ps)):
                    r = rate
                    if torch.eq(i, $OUTPUT):
                      r = output_rate
                    p0 = torch.detach(ps[i])
                    g = torch.mul(gs[i], factor)
                    m0 = ms[i]
                    v0 = vs[i]
                    m0 = torch.add_(torch.mul_(m0, 0.90000000000000002), g, alpha=0.10000000000000001)
                    v0 = torch.addcmul_(torch.mul_(v0, 0.94999999999999996), g, g, value=0.050000000000000003)
                    root = torch.sqrt(torch.div(v0, torch.sub(1., torch.pow(0.94999999999999996, t))))
                    root = torch.add_(root, 1e-08)
                    p0 = torch.mul_(p0, torch.sub(1., torch.mul(r, float(h0[3]))))
                    scale = torch.div(r, torch.sub(1., torch.pow(0.90000000000000002, t)))
                    p0 = torch.addcdiv_(p0, m0, root, value=torch.neg(scale))
                torch.set_grad_enabled(True)
                return torch.cat([losses, norm], 0)
              def measure(self: __torch__.M, data: List[Tensor], fixed: List[Tensor], ps: List[Tensor]) -> Tensor:
                torch.set_grad_enabled(False)
                ws = (self).rounded(ps, False)
                $FROZEN
                y = (self).logits((self).final_states(data, fixed, ws), ws)
                $FOLLOWED
                logits = torch.to(y, 6)
                picked = torch.gather(logits, 2, torch.slice(data[2], 2, 0, 1))
                weight = torch.squeeze(torch.slice(data[3], 2, 0, 1), 2)
                nats = torch.sub(torch.squeeze(torch.logsumexp(logits, [2], True), 2), torch.squeeze(picked, 2))
                rank = torch.sum(torch.gt(logits, picked), [2], False)
                rows = [torch.sum(torch.mul(nats, weight), [1])]
                for i in range($RANKS):
                  hit = torch.to(torch.eq(rank, i), 6)
                  _4 = torch.append(rows, torch.sum(torch.mul(hit, weight), [1]))
                torch.set_grad_enabled(True)
                return torch.stack(rows, 1)
            """;

    private LearningProgram() {
    }

    /**
     * Returns the program for some heads.
     * @param heads their shape
     * @param bf16 whether to compute in bf16
     * @param trainsOutput whether the LM head is a parameter
     * @return the source of its methods
     */
    static String source(HeadsDescription heads, boolean bf16, boolean trainsOutput) {
        HeadsProgram program = HeadsProgram.forTraining(heads);
        int output = program.weightShapes().length - 1;
        int blocks = (heads.transitionRank() > 0) ? output - 2 : output;
        return program.source() + SOURCE.replace("$DTYPE", bf16 ? "15" : "6")
            .replace("$FROZEN", trainsOutput ? "_9 = 0" : "_9 = torch.append(ws, fixed[2])")
            .replace("$FOLLOWED", (heads.transitionRank() > 0) ? "y = (self).followed(y, data[4], ws)" : "")
            .replace("$BIASED", (heads.kind() == HeadsKind.MEDUSA) ? "0" : Integer.toString(blocks))
            .replace("$HIDDEN", Integer.toString(heads.hiddenSize()))
            .replace("$OUTPUT", Integer.toString(output))
            .replace("$RANKS", Integer.toString(RANKS));
    }

    /** Returns how many embeddings one position shows to the heads. */
    static int rootsPerPosition(HeadsDescription heads) {
        return (heads.kind() == HeadsKind.HYDRA) ? heads.heads() : 1;
    }

}
