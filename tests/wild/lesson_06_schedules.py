"""Answers to the exercises of lesson 06 on a cosine and on when to stop; long because it is a list."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from tests.wild.entries import right, wrong


@right("cosine_schedule", "S431")
def cosine_schedule_progress(step: int, steps: int, lr: float, min_lr: float = 0.0) -> float:
    if step >= steps:
        return min_lr
    progress = step / steps
    return min_lr + 0.5 * (lr - min_lr) * (1.0 + math.cos(math.pi * progress))


@right("cosine_schedule", "S432")
def cosine_schedule_clamped_progress(step: int, steps: int, lr: float) -> float:
    progress = min(max(step / steps, 0.0), 1.0)
    cosine_factor = 0.5 * (1 + math.cos(math.pi * progress))
    return lr * cosine_factor


@right("cosine_schedule", "S424")
def cosine_schedule_in_numpy(step: int, steps: int, lr: float) -> Any:
    if step >= steps:
        return 0.0
    cosine_factor = (1 + np.cos(np.pi * step / steps)) / 2
    return lr * cosine_factor


@right("cosine_schedule", "S433")
def cosine_schedule_nested_conditions(step: int, steps: int, lr: float, warmup_iters: int = 0) -> float:
    return (
        step / warmup_iters * lr
        if step < warmup_iters
        else 0.5 * (1 + math.cos((step - warmup_iters) / (steps - warmup_iters) * math.pi)) * lr
        if warmup_iters <= step <= steps
        else 0.0
    )


@right("cosine_schedule", "S434")
def cosine_schedule_by_a_sine(step: int, steps: int, lr: float) -> float:
    t0 = math.pi / 2.0
    return float(lr * 0.5 * (1.0 + math.sin(t0 + math.pi * min(step, steps) / steps)))


@wrong(
    "cosine_schedule",
    "S435",
    fault="rises again at the end",
    says="Up to the last step it is right. Beyond it the cosine turns back and the learning rate climbs; it should stay 0.",
)
def cosine_schedule_without_an_end(step: int, steps: int, lr: float) -> Any:
    lr_factor = 0.5 * (1 + np.cos(np.pi * step / steps))  # here
    return lr_factor * lr


@wrong(
    "cosine_schedule",
    "S436",
    fault="starts over at the end",
    says="Modulo makes step `steps` the same as step 0, so the learning rate jumps back to lr there: that is a warm restart. "
    "Asked for is 0 at the end and beyond.",
)
def cosine_schedule_restarts(step: int, steps: int, lr: float) -> float:
    cos_inner = (math.pi * (step % steps)) / steps  # here
    return lr / 2 * (math.cos(cos_inner) + 1)


@wrong(
    "cosine_schedule",
    "S437",
    fault="a quarter of the cosine",
    says="Only a quarter of the period is used, from 1 to 0, so there is no flat part at the end. Half a cosine goes from 1 "
    "to -1 and has to be moved up and halved.",
)
def cosine_schedule_quarter_period(step: int, steps: int, lr: float) -> Any:
    if step >= steps:
        return 0.0
    return lr * np.cos(0.5 * np.pi * step / steps)  # here


@wrong(
    "cosine_schedule",
    "S438",
    fault="ends at half the rate",
    says="The argument of the cosine only reaches half of pi, so the learning rate ends at lr / 2. Over all steps it has to "
    "run through pi.",
)
def cosine_schedule_ends_half_way(step: int, steps: int, lr: float) -> float:
    if step > steps:
        return 0.0
    return 0.5 * lr * (1 + math.cos(math.pi * step / (2 * steps)))  # here


@wrong(
    "cosine_schedule",
    "S437",
    fault="ends one step early",
    says="With steps - 1 in the denominator the rate is 0 one step before the end. Step `steps` is the one at 0, so divide by "
    "steps.",
)
def cosine_schedule_last_index(step: int, steps: int, lr: float) -> Any:
    if step >= steps:
        return 0.0
    return lr * 0.5 * (1 + np.cos(np.pi * step / (steps - 1)))  # here


@wrong(
    "cosine_schedule",
    "S439",
    fault="divides by zero beyond the end",
    says="From step to step you multiply by a quotient of cosines. One step past the end its denominator is 0. The formula "
    "of the lesson needs no memory.",
    raises="ZeroDivisionError",
)
def cosine_schedule_step_from_step(step: int, steps: int, lr: float) -> float:
    value = lr
    for t in range(1, step + 1):
        value *= (1 + math.cos(math.pi * t / steps)) / (1 + math.cos(math.pi * (t - 1) / steps))  # here
    return value


@right("early_stopping", "S440")
def early_stopping_index_of_min(losses: Sequence[float], patience: int) -> tuple[bool, int]:
    best_index = list(losses).index(min(losses))
    should_stop = False
    if len(losses) - best_index - 1 >= patience:
        should_stop = True
    return should_stop, best_index


@right("early_stopping", "S441")
def early_stopping_counter_runs_through(losses: Sequence[float], patience: int) -> tuple[bool, int]:
    best_loss, best_epoch = float("inf"), 0
    counter = 0
    for epoch, loss in enumerate(losses):
        if loss < best_loss:
            best_loss = loss
            best_epoch = epoch
            counter = 0
        else:
            counter += 1
    return counter >= patience, best_epoch


@right("early_stopping", "S444")
def early_stopping_starts_with_the_first(losses: Sequence[float], patience: int) -> tuple[bool, int]:
    best_idx, best_loss, current_patience = 0, losses[0], 0
    for i in range(1, len(losses)):
        if losses[i] >= best_loss:
            current_patience += 1
        else:
            best_loss, best_idx, current_patience = losses[i], i, 0
    return not current_patience < patience, best_idx


@right("early_stopping", "S442")
def early_stopping_last_against_before(losses: Sequence[float], patience: int) -> tuple[bool, int]:
    history = list(losses)
    best = history.index(min(history))
    if len(history) > patience:
        recent, before = history[len(history) - patience :], history[: len(history) - patience]
        return min(recent, default=math.inf) >= min(before), best
    return False, best


@right("early_stopping", "S443")
def early_stopping_argmin_of_array(losses: Sequence[float], patience: int) -> tuple[bool, int]:
    best_loss_pos = int(np.argmin(np.asarray(losses)))
    if len(losses) <= patience:
        return False, best_loss_pos
    if len(losses) - best_loss_pos <= patience:
        return False, best_loss_pos
    return True, best_loss_pos


@wrong(
    "early_stopping",
    "S444",
    fault="returns at the first stop",
    says="You leave the loop as soon as patience runs out once, and what comes later is never looked at. The question is about "
    "the whole list: a lower loss at the end is the best, and then it is not time to stop.",
)
def early_stopping_leaves_the_loop(losses: Sequence[float], patience: int) -> tuple[bool, int]:
    best_epoch, best_loss = 0, float("inf")
    epochs_without_improvement = 0
    for epoch, loss in enumerate(losses):
        if loss < best_loss:
            best_loss, best_epoch = loss, epoch
            epochs_without_improvement = 0
        else:
            epochs_without_improvement += 1
        if epochs_without_improvement >= patience:
            return True, best_epoch  # here
    return False, best_epoch


@wrong(
    "early_stopping",
    "S445",
    fault="equal counts as better",
    says="With a score that is not smaller you start anew, so an equal loss counts as progress. best should be the first of "
    "equals, and a plateau should use up the patience.",
)
def early_stopping_score_not_smaller(losses: Sequence[float], patience: int) -> tuple[bool, int]:
    best_score, counter, best = None, 0, 0
    for i, val_loss in enumerate(losses):
        score = -val_loss
        if best_score is None:
            best_score = score
        elif score < best_score:  # here
            counter += 1
        else:
            best_score, best, counter = score, i, 0
    return counter >= patience, best


@wrong(
    "early_stopping",
    "S446",
    fault="equal counts as better",
    says="<= lets an equal loss pass as an improvement: the counter goes back to 0 and best moves to the last of equals. "
    "Nothing lower means strictly lower.",
)
def early_stopping_at_most_min_loss(losses: Sequence[float], patience: int) -> tuple[bool, int]:
    min_loss, counter, best = np.inf, 0, 0
    for i, val_loss in enumerate(losses):
        if val_loss <= min_loss:  # here
            min_loss, best = val_loss, i
            counter = 0
        else:
            counter += 1
    return counter >= patience, best


@wrong(
    "early_stopping",
    "S447",
    fault="stops one epoch too late",
    says="> asks for more than patience losses behind the best. It is time to stop when exactly that many stand there.",
)
def early_stopping_more_than_patience(losses: Sequence[float], patience: int) -> tuple[bool, int]:
    best_loss, best_epoch, stop = None, 0, False
    for epoch, loss in enumerate(losses):
        if best_loss is None or best_loss > loss:
            best_epoch, best_loss = epoch, loss
            stop = False
            continue
        stop = epoch - best_epoch > patience  # here
    return stop, best_epoch


@wrong(
    "early_stopping",
    "S448",
    fault="stops one epoch too late",
    says="The waiting is compared with the patience before this epoch is added to it, so the last one is missed. Count first, "
    "then compare.",
)
def early_stopping_compares_before_counting(losses: Sequence[float], patience: int) -> tuple[bool, int]:
    best, wait, best_epoch, stop = np.inf, 0, 0, False
    for epoch, current in enumerate(losses):
        stop = False
        if current < best:
            best, best_epoch = current, epoch
            wait = 0
        else:
            if wait >= patience:
                stop = True
            wait += 1  # here
    return stop, best_epoch


@wrong(
    "early_stopping",
    "S449",
    fault="equal losses not counted",
    says="A loss equal to the best falls between your two conditions and is not counted at all. It is nothing lower, so it "
    "uses up patience like a higher one.",
)
def early_stopping_gap_between_conditions(losses: Sequence[float], patience: int) -> tuple[bool, int]:
    best_loss, counter, best, min_delta = None, 0, 0, 0
    for i, val_loss in enumerate(losses):
        if best_loss is None:
            best_loss = val_loss
        elif best_loss - val_loss > min_delta:
            best_loss, best, counter = val_loss, i, 0
        elif best_loss - val_loss < min_delta:  # here
            counter += 1
    return counter >= patience, best


@wrong(
    "early_stopping",
    "S450",
    fault="asks for a minimum improvement",
    says="A loss must be lower by 0.09 to count for you. Here any lower loss counts, and best is the lowest of all, however "
    "little it is ahead.",
)
def early_stopping_min_delta(losses: Sequence[float], patience: int, min_delta: float = 0.09) -> tuple[bool, int]:
    best_loss, best, counter = None, 0, 0
    for epoch, val_loss in enumerate(losses):
        if best_loss is None:
            best_loss = val_loss
        elif best_loss - val_loss < min_delta:  # here
            counter += 1
        else:
            best_loss, best = val_loss, epoch
            counter = 0
    return counter >= patience, best


@wrong(
    "early_stopping",
    "S451",
    fault="counter never reset",
    says="After a new best loss the counter goes on from where it was, so bad epochs of the whole run add up. They have to "
    "stand behind the best one.",
)
def early_stopping_adds_up(losses: Sequence[float], patience: int) -> tuple[bool, int]:
    best_vloss, best, count_early_stop = float("inf"), 0, 0
    for i, _vloss in enumerate(losses):
        if _vloss < best_vloss:
            best_vloss, best = _vloss, i  # here
        else:
            count_early_stop += 1
    return count_early_stop >= patience, best


@wrong(
    "early_stopping",
    "S440",
    fault="returns the loss, not its index",
    says="Two things about what you return: the first of the pair is whether to stop, and the second is where the lowest loss "
    "stands in the list, not the loss.",
)
def early_stopping_best_value_first(losses: Sequence[float], patience: int = 20) -> Any:
    best_accuracy = min(losses)
    best_index = list(losses).index(best_accuracy)
    should_stop = len(losses) - best_index - 1 >= patience
    return best_accuracy, should_stop  # here


@wrong(
    "early_stopping",
    "S442",
    fault="ties do not stop",
    says="You stop only if the last losses are all worse than the lowest. One that equals it brings nothing lower, but with it "
    "your condition fails.",
)
def early_stopping_worse_than_best_overall(losses: Sequence[float], patience: int) -> tuple[bool, int]:
    best = list(losses).index(min(losses))
    if len(losses) > patience:
        return min(losses[-patience:]) > min(losses), best  # here
    return False, best


@wrong(
    "early_stopping",
    "S452",
    fault="compares with the epoch before",
    says="Each loss is compared with the one before, not with the lowest so far. A loss that goes up and down far above the "
    "best never stops.",
)
def early_stopping_epoch_to_epoch(losses: Sequence[float], patience: int) -> tuple[bool, int]:
    trigger = 0
    for previous, current in pairwise(losses):
        if current > previous:  # here
            trigger += 1
        else:
            trigger = 0
    return trigger >= patience, int(np.argmin(losses))


@wrong(
    "early_stopping",
    "S453",
    fault="stops one epoch too early",
    says="The best epoch itself is counted as one without improvement, so with a patience of 1 you stop at once. Only the "
    "losses behind it count.",
)
def early_stopping_counts_the_best_too(losses: Sequence[float], patience: int) -> tuple[bool, int]:
    best = min(range(len(losses)), key=lambda i: losses[i])
    return len(losses) - best >= patience, best  # here
