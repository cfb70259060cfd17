/**
 * Pure. Container spec and host facts become a LaunchPlan: printer and explainer.
 */
package runtime.plan;
