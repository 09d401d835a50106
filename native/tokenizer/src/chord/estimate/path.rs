//! The best path through chords, and how sure it is.

use super::template::STATES;

/// The best state of each segment. `changes`: the score of leaving a state at each.
pub(super) fn viterbi(scores: &[[f32; STATES]], changes: &[f32]) -> Vec<usize> {
    let mut best = scores[0];
    let mut from: Vec<[u16; STATES]> = Vec::with_capacity(scores.len());
    for (score, &change) in scores.iter().zip(changes).skip(1) {
        let (top, top_score) = argmax(&best);
        let mut back = [0u16; STATES];
        let mut next = [0.0; STATES];
        for state in 0..STATES {
            let (stay, move_in) = (best[state], top_score + change);
            (next[state], back[state]) = if stay >= move_in {
                (stay + score[state], state as u16)
            } else {
                (move_in + score[state], top as u16)
            };
        }
        best = next;
        from.push(back);
    }
    let mut state = argmax(&best).0;
    let mut path = vec![state];
    for back in from.iter().rev() {
        state = usize::from(back[state]);
        path.push(state);
    }
    path.reverse();
    path
}

fn argmax(scores: &[f32; STATES]) -> (usize, f32) {
    let mut best = (0, f32::NEG_INFINITY);
    for (i, &score) in scores.iter().enumerate() {
        if score > best.1 {
            best = (i, score);
        }
    }
    best
}

/// Posterior of the path's state in each segment, by forward-backward.
pub(super) fn posteriors(scores: &[[f32; STATES]], changes: &[f32], path: &[usize]) -> Vec<f32> {
    let n = scores.len();
    let exp = |score: &[f32; STATES]| {
        let top = argmax(score).1;
        score.map(|s| (s - top).exp())
    };
    let emissions: Vec<[f32; STATES]> = scores.iter().map(exp).collect();
    let step = |state: &[f32; STATES], change: f32| {
        let total: f32 = state.iter().sum();
        let c = change.exp();
        let mut next = state.map(|s| s + c * total);
        let sum: f32 = next.iter().sum();
        next.iter_mut().for_each(|s| *s /= sum.max(1e-30));
        next
    };
    let mut forward = Vec::with_capacity(n);
    let mut state = [1.0; STATES];
    for i in 0..n {
        if i > 0 {
            state = step(&state, changes[i]);
        }
        for (s, e) in state.iter_mut().zip(&emissions[i]) {
            *s *= e;
        }
        forward.push(state);
    }
    let mut posterior = vec![0.0; n];
    let mut back = [1.0; STATES];
    for i in (0..n).rev() {
        let mut product = [0.0; STATES];
        for s in 0..STATES {
            product[s] = forward[i][s] * back[s];
        }
        let total: f32 = product.iter().sum();
        posterior[i] = product[path[i]] / total.max(1e-30);
        if i > 0 {
            let mut with = [0.0; STATES];
            for s in 0..STATES {
                with[s] = back[s] * emissions[i][s];
            }
            back = step(&with, changes[i]);
        }
    }
    posterior
}
