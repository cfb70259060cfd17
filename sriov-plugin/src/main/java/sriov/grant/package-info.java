/**
 * Pure. What a container wants of a function, what the function was like before, and the steps from one to the other and back.
 */
package sriov.grant;
