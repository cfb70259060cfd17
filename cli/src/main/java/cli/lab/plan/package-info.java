/**
 * Pure. Labs of virtual hosts: their names and addresses, what is to be made and taken away again, in order and
 * with reasons, and the rules that break the network between them.
 */
package cli.lab.plan;
