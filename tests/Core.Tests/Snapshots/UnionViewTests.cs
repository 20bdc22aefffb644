using System.Collections.Immutable;
using System.Diagnostics;
using ContainerStages.Diagnostics;
using ContainerStages.Posix;
using ContainerStages.Snapshots;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Snapshots;

/// <summary>What the managed view shows is what the kernel's overlayfs shows of the same folders.</summary>
[TestClass]
public sealed class UnionViewTests
{
    [TestMethod]
    public void Random_stacks_look_as_overlayfs_mounts_them()
    {
        for (var seed = 1; seed <= 40; seed++)
        {
            using var folder = new TempFolder();
            var layers = RandomLayers(folder.Path, new Random(seed));
            Assert.AreEqual(Mounted(layers, folder.Path), Listing(new UnionView(layers)), $"seed {seed}");
        }
    }

    [TestMethod]
    public void Links_are_followed_inside_the_root_and_never_out_of_it()
    {
        using var folder = new TempFolder();
        var layer = folder.NewFolder("layer");
        Directory.CreateDirectory(Path.Combine(layer, "real"));
        File.WriteAllText(Path.Combine(layer, "real", "file"), "inside");
        File.CreateSymbolicLink(Path.Combine(layer, "absolute"), "/real");
        File.CreateSymbolicLink(Path.Combine(layer, "outside"), "../../../../../../etc");
        File.CreateSymbolicLink(Path.Combine(layer, "real", "up"), "../absolute/file");
        var view = new UnionView([layer]);

        Assert.AreEqual("/real/file", view.Find("/absolute/file")!.Path);
        Assert.AreEqual("/real/file", view.Find("/real/up")!.Path);
        Assert.IsNull(view.Find("/outside/passwd"));
        Assert.AreEqual("/etc/passwd", view.Resolve("/outside/passwd", out var entry));
        Assert.IsNull(entry);
        Assert.IsTrue(view.Find("/absolute", followLast: false)!.IsSymbolicLink);
    }

    [TestMethod]
    public void A_circle_of_links_is_an_error_and_no_hang()
    {
        using var folder = new TempFolder();
        var layer = folder.NewFolder("layer");
        File.CreateSymbolicLink(Path.Combine(layer, "a"), "b");
        File.CreateSymbolicLink(Path.Combine(layer, "b"), "a");
        Assert.ThrowsExactly<BuildFailedException>(() => new UnionView([layer]).Find("/a"));
    }

    private static ImmutableArray<string> RandomLayers(string root, Random random)
    {
        var layers = ImmutableArray.CreateBuilder<string>();
        for (var i = 0; i < 4; i++)
        {
            var layer = Path.Combine(root, $"layer{i}");
            Directory.CreateDirectory(layer);
            Fill(layer, random, depth: 0);
            layers.Add(layer);
        }

        return layers.ToImmutable();
    }

    private static void Fill(string folder, Random random, int depth)
    {
        foreach (var name in (string[])["a", "b", "c"])
        {
            var path = Path.Combine(folder, name);
            switch (random.Next(6))
            {
                case 0:
                    File.WriteAllText(path, random.Next(100).ToString());
                    break;
                case 1 when depth < 3:
                case 2 when depth < 3:
                    Directory.CreateDirectory(path);
                    if (random.Next(4) == 0)
                    {
                        Assert.AreEqual(0, FileCalls.SetXattr(path, "user.overlay.opaque", "y"u8, 1, 0));
                    }

                    Fill(path, random, depth + 1);
                    break;
                case 3:
                    using (var here = FileCalls.OpenDirectory(folder))
                    {
                        Assert.AreEqual(0, FileCalls.MknodAt(here, name, FileCalls.S_IFCHR, 0));
                    }

                    break;
                case 4:
                    File.CreateSymbolicLink(path, "../b");
                    break;
                default:
                    break;
            }
        }
    }

    private static string Mounted(ImmutableArray<string> layers, string root)
    {
        var target = Path.Combine(root, "mounted");
        Directory.CreateDirectory(target);
        var options = $"userxattr,lowerdir={string.Join(':', layers.Reverse())}";

        // The kernel lists whiteouts of a folder that only one layer has, and then has no such file: find says so for each.
        return Shell(
            $"mount -t overlay overlay -o {options} {target} && cd {target} && find . -mindepth 1 \\( -type l -printf '%P -> %l\\n' -o " +
            "-type d -printf '%P/\\n' -o -printf '%P %s\\n' \\) 2>/dev/null | LC_ALL=C sort");
    }

    private static string Listing(UnionView view)
    {
        var lines = new List<string>();
        void Visit(UnionEntry folder)
        {
            foreach (var entry in UnionView.List(folder))
            {
                lines.Add(entry.IsSymbolicLink
                    ? $"{entry.Path[1..]} -> {entry.LinkTarget}"
                    : entry.IsDirectory ? $"{entry.Path[1..]}/" : $"{entry.Path[1..]} {entry.Status.Size}");
                if (entry.IsDirectory)
                {
                    Visit(entry);
                }
            }
        }

        Visit(view.Find("/")!);
        lines.Sort(StringComparer.Ordinal);
        return string.Concat(lines.Select(line => line + "\n"));
    }

    /// <summary>In a mount namespace of its own, so that nothing stays mounted.</summary>
    private static string Shell(string script)
    {
        var start =
            new ProcessStartInfo("unshare", ["--mount", "sh", "-ec", script]) { RedirectStandardOutput = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, script);
        return output;
    }
}
