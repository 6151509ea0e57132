"""What the tests stand on: loopback servers, wheels made in memory, isolation from the machine."""
