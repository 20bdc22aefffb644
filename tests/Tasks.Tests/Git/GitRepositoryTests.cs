using System.Diagnostics;
using ContainerStages.Tasks.Git;

namespace ContainerStages.Tasks.Tests.Git;

/// <summary>Repositories that git itself made.</summary>
[TestClass]
public sealed class GitRepositoryTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [TestMethod]
    public void The_state_changes_with_commit_and_tag_and_with_nothing_else()
    {
        Create("repo");
        var first = State("repo");

        Run("repo", "status");
        Run("repo", "gc --quiet");
        Run("repo", "branch other");
        Assert.AreEqual(first, State("repo"));

        Run("repo", "tag v1");
        var tagged = State("repo");
        Run("repo", "pack-refs --all");
        Assert.AreEqual(tagged, State("repo"), "The same tag in another file.");
        Run("repo", "commit --allow-empty -m two");
        var second = State("repo");
        Run("repo", "checkout -q -b third");

        Assert.HasCount(4, new HashSet<string> { first, tagged, second, State("repo") });
    }

    [TestMethod]
    public void A_folder_below_a_repository_finds_it_and_one_without_finds_none()
    {
        Create("repo");
        Directory.CreateDirectory(_folder["repo/src/app"]);
        Assert.AreEqual(_folder["repo"], GitRepository.Find(_folder["repo/src/app"])!.Root);

        _folder.Write("plain/.git", "gitdir: /etc\n");
        Assert.IsNull(GitRepository.Find(_folder["plain"]), "What a file points to must be a repository.");
    }

    [TestMethod]
    public void A_worktree_is_mounted_with_its_own_commit()
    {
        Create("repo");
        Run("repo", "worktree add -q ../tree -b side");
        Run("tree", "commit --allow-empty -m side");

        var repository = GitRepository.Find(_folder["tree"])!;
        var files = Mounts(repository);

        Assert.AreEqual((_folder["tree"], _folder["repo/.git"]), (repository.Root, repository.CommonFolder));
        Assert.AreEqual(_folder["repo/.git"], files["/src/.git"]);
        Assert.AreEqual("ref: refs/heads/side\n", File.ReadAllText(files["/src/.git/HEAD"]));
        Assert.Contains("/src/.git/index", files.Keys);
        Assert.AreNotEqual(State("repo"), State("tree"));
    }

    [TestMethod]
    public void A_submodule_is_a_repository_of_its_own_whose_files_may_lie_anywhere()
    {
        Create("inner");
        Create("repo");
        Run("repo", "-c protocol.file.allow=always submodule add -q ../inner lib/inner");

        var inner = GitRepository.Find(_folder["repo/lib/inner"])!;

        Assert.AreEqual((_folder["repo/lib/inner"], _folder["repo/.git/modules/lib/inner"]), (inner.Root, inner.CommonFolder));
        Assert.DoesNotContain("worktree", File.ReadAllText(Mounts(inner)["/src/.git/config"]));
        Assert.IsEmpty(Directory.EnumerateFileSystemEntries(Mounts(GitRepository.Find(_folder["repo"])!)["/src/.git/modules"]));
    }

    [TestMethod]
    public void A_shallow_clone_and_one_that_borrows_objects_are_read()
    {
        Create("repo");
        Run("repo", "commit --allow-empty -m two");
        Run(".", "clone -q --depth 1 file://" + _folder["repo"] + " shallow");
        Run(".", "clone -q --shared repo borrowed");

        Assert.AreNotEqual(State("repo"), State("shallow"));
        var files = Mounts(GitRepository.Find(_folder["borrowed"])!);
        Assert.AreEqual(_folder["repo/.git/objects"], files["/git/0/0"]);
        Assert.AreEqual("/git/0/0\n", File.ReadAllText(files["/src/.git/objects/info/alternates"]));
    }

    [TestMethod]
    public void Credentials_in_the_settings_stay_here()
    {
        Create("repo");
        Run("repo", "remote add origin https://user:t0ken@example.com/app.git");
        Run("repo", "remote add ssh ssh://git@example.com/app.git");
        Run("repo", "config http.https://example.com/.extraheader", "AUTHORIZATION: basic t0ken");
        Run("repo", "config include.path /etc/t0ken");

        var settings = File.ReadAllText(Mounts(GitRepository.Find(_folder["repo"])!)["/src/.git/config"]);

        Assert.DoesNotContain("t0ken", settings);
        Assert.Contains("url = https://example.com/app.git", settings);
        Assert.Contains("url = ssh://git@example.com/app.git", settings);
        Assert.Contains("repositoryformatversion = 0", settings);
    }

    public void Dispose() => _folder.Dispose();

    private string State(string name) => GitRepository.Find(_folder[name])!.State(withBranches: false);

    private Dictionary<string, string> Mounts(GitRepository repository) =>
        new GitMounts(repository, "/src/.git", _folder["made"]).Create(0)
            .ToDictionary(file => file.Target, file => file.Source, StringComparer.Ordinal);

    private void Create(string name)
    {
        Directory.CreateDirectory(_folder[name]);
        Run(name, "init -q -b main");
        Run(name, "commit --allow-empty -m one");
    }

    private void Run(string folder, string arguments, params string[] more)
    {
        var start = new ProcessStartInfo("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", .. arguments.Split(' '), .. more])
        {
            WorkingDirectory = _folder[folder], RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var git = Process.Start(start)!;
        var said = git.StandardOutput.ReadToEnd() + git.StandardError.ReadToEnd();
        git.WaitForExit();
        Assert.AreEqual(0, git.ExitCode, $"git {arguments}: {said}");
    }
}
