module example.com/go-service-1

go GO_VERSION
