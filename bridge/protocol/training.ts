/**
 * Trainings that the daemon starts and looks after, and comparisons of models.
 */
export const TRAINING_METHODS = {} as const;

export const TRAINING_NOTIFICATIONS = {} as const;
