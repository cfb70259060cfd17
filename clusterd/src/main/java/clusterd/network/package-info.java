/**
 * Pure. How networks that nodes share are divided among nodes and services.
 */
package clusterd.network;
