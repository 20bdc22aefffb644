namespace ContainerStages.TestKit;

/// <summary>Who runs the program.</summary>
public enum Account
{
    /// <summary>Whoever runs the tests.</summary>
    Own,

    /// <summary>An ordinary user with ids in /etc/subuid (build/setup.sh makes it).</summary>
    OrdinaryUser,

    /// <summary>An ordinary user where no user namespace can be made, as in many pipelines' containers.</summary>
    WithoutNamespaces,

    /// <summary>Root without any of root's capabilities.</summary>
    RootWithoutCapabilities,
}

/// <summary>How a program is run by them.</summary>
public static class AccountCommands
{
    private const string User = "stagestester";
    private const string SwitchNamespacesOff =
        "echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv --reuid 1 --regid 1 --clear-groups " +
        "--bounding-set=-all --inh-caps=-all \"$@\"";
    private static readonly string[] OrdinaryUser = ["setpriv", "--reuid", User, "--regid", User, "--clear-groups"];

    /// <summary>What stands before the command.</summary>
    public static string[] Become(this Account account) => account switch
    {
        Account.OrdinaryUser => OrdinaryUser,
        Account.WithoutNamespaces =>
            [.. OrdinaryUser, "unshare", "--user", "--map-root-user", "--map-auto", "bash", "-c", SwitchNamespacesOff, "bash"],
        Account.RootWithoutCapabilities => ["setpriv", "--bounding-set=-all", "--inh-caps=-all"],
        _ => [],
    };
}
