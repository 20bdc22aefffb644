# Completion of dotnet-stages for fish:  dotnet-stages completion fish > ~/.config/fish/completions/dotnet-stages.fish
function __dotnet_stages_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l path (string replace -r -- '^--[^=]*=' '' $current)
    set -l option (string match -r -- '^--[^=]*=' $current)
    for line in ($words[1] complete -- $words[2..-1] "$current" 2>/dev/null)
        switch $line
            case :words
            case :files
                printf "$option%s\n" (__fish_complete_path $path)
            case :folders
                printf "$option%s\n" (__fish_complete_directories $path '')
            case '*'
                echo $line
        end
    end
end
complete -c dotnet-stages -f -a '(__dotnet_stages_complete)'
