using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Sandboxing;

namespace ContainerStages.Core.Tests.Sandboxing;

[TestClass]
public sealed class UserLookupTests
{
    private const string Passwd = "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001::/home/app:/bin/sh\n1234:x:77:78::/odd:/bin/sh\nbroken\n";
    private const string Group = "root:x:0:\napps:x:1001:\naudio:x:29:root,app\nvideo:x:44:app\n";

    [TestMethod]
    [DataRow("", "0:0 [0,29] /root")]
    [DataRow("root", "0:0 [0,29] /root")]
    [DataRow("app", "1000:1001 [1001,29,44] /home/app")]
    [DataRow("1000", "1000:1001 [1001,29,44] /home/app")]
    [DataRow("app:audio", "1000:29 [29] /home/app")]
    [DataRow("app:5000", "1000:5000 [5000] /home/app")]
    [DataRow("5000", "5000:0 [0] /")]
    [DataRow("5000:6000", "5000:6000 [6000] /")]
    [DataRow("1234", "77:78 [78] /odd", DisplayName = "A name of digits comes before an id")]
    [DataRow(":audio", "0:29 [29] /root")]
    public void A_user_is_found_as_Docker_finds_it(string text, string expected)
    {
        var user = UserLookup.Resolve(text, Passwd, Group);
        Assert.AreEqual(expected, $"{user.UserId}:{user.GroupId} [{string.Join(',', user.SupplementaryGroups)}] {user.Home}");
    }

    [TestMethod]
    public void A_number_needs_no_files() =>
        Assert.AreEqual((7u, 0u), (UserLookup.Resolve("7", null, null).UserId, UserLookup.Resolve("7", null, null).GroupId));

    [TestMethod]
    [DataRow("ap", "CST4010: User 'ap' does not exist in the image: /etc/passwd does not name it")]
    [DataRow("app:none", "CST4011: Group 'none' does not exist in the image: /etc/group does not name it")]
    [DataRow("4294967295", "CST4012: '4294967295' is no user or group id")]
    [DataRow("app:99999999999", "CST4012")]
    public void What_does_not_exist_is_named(string text, string expected)
    {
        var exception =
            Assert.ThrowsExactly<BuildFailedException>(() => UserLookup.Resolve(text, Passwd, Group, new SourceLocation("Dockerfile", 3)));
        Assert.Contains(expected, exception.Message);
        Assert.StartsWith("Dockerfile(3)", exception.Message);
    }

    [TestMethod]
    public void An_image_without_the_files_says_so() => Assert.Contains(
        "there is no /etc/passwd", Assert.ThrowsExactly<BuildFailedException>(() => UserLookup.Resolve("app", null, null)).Message);
}
