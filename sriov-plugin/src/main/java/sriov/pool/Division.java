package sriov.pool;

/**
 * Into how many parts a physical function is to be divided.
 *
 * @param name          of it (its network device or its address; {@code *} is anything)
 * @param parts         so many, 0 = none
 * @param probesDrivers whether they get a driver by themselves when they come
 */
public record Division(String name, int parts, boolean probesDrivers) {
}
