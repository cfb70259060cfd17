package runtime.plan;

/**
 * How a process's standard streams are connected.
 *
 * @param terminal   to a terminal
 * @param opensInput whether standard input has a pipe
 * @param logFile    where output goes
 */
record StreamShape(boolean terminal, boolean opensInput, String logFile) {}
