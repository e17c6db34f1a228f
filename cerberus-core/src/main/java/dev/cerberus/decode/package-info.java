/**
 * The decode loop: draft, verify, accept, commit; plain decoding is the same loop with a
 * one-node tree.
 *
 * <p>
 * Terms, one word per thing:
 * <ul>
 * <li>target model: the frozen language model whose output is reproduced</li>
 * <li>draft heads: predict tokens beyond the next one from one hidden state; head
 * {@code h} (0-based) predicts offset {@code h + 2}</li>
 * <li>root token: the token that the target already chose; node 0 of every tree, at depth
 * 0, always kept</li>
 * <li>draft token: proposed by a head; excludes the root</li>
 * <li>tree shape: static set of paths; candidate tree: the tokens of one step, parents
 * before children</li>
 * <li>depth, position: edges from the root; position = cache length + depth</li>
 * <li>prefill, step: the prompt's forwards; one target forward after it</li>
 * <li>span: what one sequence puts into a forward: a piece of its prompt or a candidate
 * tree; row: one token of it</li>
 * <li>draft, verify, commit: propose; one forward over the tree; keep the accepted
 * path</li>
 * <li>accepted draft tokens: draft tokens kept in one step, without the root and the
 * target's own next token; acceptance length: that number plus 1</li>
 * <li>lookup: guessing what follows from an earlier place where the last tokens stand, in
 * the text at hand or in the memory, text that the target wrote before</li>
 * <li>gate decision: DRAFT or SKIP, per step</li>
 * </ul>
 */
@NullMarked
package dev.cerberus.decode;

import org.jspecify.annotations.NullMarked;
