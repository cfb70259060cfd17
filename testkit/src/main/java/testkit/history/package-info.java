/**
 * Pure. Histories of clients that did something at the same time, and whether one order of their operations, in
 * which each took effect between its call and its answer, explains all answers: linearizability.
 */
package testkit.history;
