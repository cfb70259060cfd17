package cli.transport;

/**
 * One field of a header list (RFC 9113 §8.2), as ISO-8859-1 text.
 *
 * @param name  lower case; pseudo fields begin with a colon
 * @param value as sent
 */
record Header(String name, String value) {

    /** Its size as RFC 7541 §4.1 counts it: octets of both plus 32. */
    int tableBytes() {
        return name.length() + value.length() + 32;
    }
}
