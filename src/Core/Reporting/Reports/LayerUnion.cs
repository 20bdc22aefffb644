using System.Collections.Immutable;
using ContainerStages.Layers;
using ContainerStages.Oci;

namespace ContainerStages.Reporting;

/// <summary>The files of the layers of an image, one over the other: what a container sees, and what became of the rest.</summary>
internal sealed class LayerUnion
{
    private readonly Node root = new();
    private int number;

    /// <summary>The files of each layer, in its order.</summary>
    public List<List<UnionFile>> Layers { get; } = [];

    /// <summary>What a container sees.</summary>
    public IEnumerable<UnionFile> Visible => root.All();

    /// <summary>Puts the next layer on top.</summary>
    public void Add(ImmutableArray<LayerLine> lines)
    {
        number++;
        var files = new List<UnionFile>();
        Layers.Add(files);

        // What a layer takes away is only ever of the layers below, wherever in the layer it says so.
        foreach (var line in lines)
        {
            if (line.Change is LayerChange.Removal or LayerChange.Emptying)
            {
                Remove(line);
            }
        }

        foreach (var line in lines)
        {
            if (line.Change is LayerChange.File or LayerChange.Other)
            {
                files.Add(Put(line));
            }
            else if (line.Change == LayerChange.Folder && line.Path.Length > 0)
            {
                Replace(root.Reach(line.Path));
            }
        }
    }

    private void Remove(LayerLine line)
    {
        if ((line.Path.Length == 0 ? root : root.Find(line.Path)) is { } node)
        {
            foreach (var gone in node.All())
            {
                gone.RemovedIn ??= number;
            }

            node.Clear(withFile: line.Change == LayerChange.Removal);
        }
    }

    private UnionFile Put(LayerLine line)
    {
        var file = new UnionFile(line.Path, line.Size, line.Content, number);
        var node = root.Reach(line.Path);
        Replace(node);
        foreach (var gone in node.All().Where(below => below.Layer < number))
        {
            gone.RemovedIn ??= number;
        }

        node.Clear(withFile: true);
        node.File = file;
        return file;
    }

    /// <summary>The file of the node gives way; one of the same layer was named twice, and only the last counts to a reader.</summary>
    private void Replace(Node node)
    {
        if (node.File is { } before)
        {
            before.ReplacedIn ??= number;
            node.File = null;
        }
    }

    private sealed class Node
    {
        private Dictionary<string, Node>? children;

        public UnionFile? File { get; set; }

        public Node? Find(string path)
        {
            var node = this;
            foreach (var part in path.Split('/'))
            {
                if (node.children is null || !node.children.TryGetValue(part, out node))
                {
                    return null;
                }
            }

            return node;
        }

        public Node Reach(string path)
        {
            var node = this;
            foreach (var part in path.Split('/'))
            {
                node.children ??= new Dictionary<string, Node>(StringComparer.Ordinal);
                if (!node.children.TryGetValue(part, out var child))
                {
                    node.children.Add(part, child = new Node());
                }

                node = child;
            }

            return node;
        }

        /// <summary>The files here and below, without recursion: a path may be as deep as its archive likes.</summary>
        public IEnumerable<UnionFile> All()
        {
            var open = new Stack<Node>([this]);
            while (open.TryPop(out var node))
            {
                if (node.File is not null)
                {
                    yield return node.File;
                }

                foreach (var child in node.children?.Values.Reverse() ?? [])
                {
                    open.Push(child);
                }
            }
        }

        public void Clear(bool withFile)
        {
            children = null;
            File = withFile ? null : File;
        }
    }
}

/// <summary>A file of one layer. <see cref="Layer"/> and the two others count from 1.</summary>
internal sealed class UnionFile(string path, long size, Digest? content, int layer)
{
    public string Path { get; } = path;

    public long Size { get; } = size;

    public Digest? Content { get; } = content;

    public int Layer { get; } = layer;

    public int? ReplacedIn { get; set; }

    public int? RemovedIn { get; set; }

    public ReportedFile ToReported() => new(Path, Size, ReplacedIn, RemovedIn);
}
