#!/bin/sh
# The first process of the node, in mount, process and network namespaces of its own: makes them look like a
# machine that has just started, and then does what the first process of a machine does. When it ends, the
# kernel ends all others, and with them go every mount, link and rule that they made.
set -eu
state=$1

# The state folder gets a short path (sockets have at most 108 characters), and a /run that is empty after
# each start.
cd "$state"
mount -t tmpfs -o mode=0755 certctl-node /run
mkdir -p /run/node /run/node-tunables
mount --bind . /run/node
cd /

# What kubelet, the container runtime and host paths of pods write, the node keeps and the machine does not
# see.
mount -t tmpfs certctl-node /var/log
mkdir -p /run/node/machine/var-lib /run/node/machine/work
mount -t overlay -o "lowerdir=/var/lib,upperdir=/run/node/machine/var-lib,workdir=/run/node/machine/work" certctl-node /var/lib

# Kubelet wants these values, and would otherwise set them for the whole machine.
tunable() {
  [ -e "/proc/sys/$1" ] || return 0
  file=/run/node-tunables/$(echo "$1" | tr / .)
  echo "$2" > "$file"
  mount --bind "$file" "/proc/sys/$1"
}
tunable vm/overcommit_memory 1
tunable vm/panic_on_oom 0
tunable kernel/panic 10
tunable kernel/panic_on_oops 1
tunable kernel/keys/root_maxkeys 1000000
tunable kernel/keys/root_maxbytes 25000000

# Volumes that a pod mounts have to appear in the others (mount propagation).
mount --make-rshared /

ip link set lo up
echo 1 > /proc/sys/net/ipv4/ip_forward

: > "$state/ready"
# Processes whose parents have ended are this one's children: `wait` takes their exit codes.
sleep infinity &
while :; do wait || :; done
