module certctl.example/node/pause

go 1.25.6
