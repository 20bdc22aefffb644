using System.Collections.Immutable;
using System.Text;

namespace ContainerStages.Stages;

/// <summary>Collects text into words: blanks split unless they are protected by quotes or escapes.</summary>
internal sealed class WordSplitter
{
    private readonly ImmutableArray<string>.Builder words = ImmutableArray.CreateBuilder<string>();
    private readonly StringBuilder word = new();

    public void Append(string text, bool isProtected)
    {
        foreach (var character in text)
        {
            if (isProtected || !char.IsWhiteSpace(character))
            {
                word.Append(character);
            }
            else
            {
                EndWord();
            }
        }
    }

    public ImmutableArray<string> Finish()
    {
        EndWord();
        return words.ToImmutable();
    }

    private void EndWord()
    {
        if (word.Length > 0)
        {
            words.Add(word.ToString());
            word.Clear();
        }
    }
}
