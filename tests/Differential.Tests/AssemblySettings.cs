[assembly: Parallelize(Scope = ExecutionScope.MethodLevel)]
[assembly: TestCategory("EndToEnd")]
