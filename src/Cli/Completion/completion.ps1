# Completion of dotnet-stages for PowerShell. In $PROFILE:  dotnet-stages completion pwsh | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName dotnet-stages -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.ToString() } })
    foreach ($line in @(& $commandAst.GetCommandName() complete -- @words "$wordToComplete" 2>$null)) {
        # PowerShell completes paths itself where nothing is offered.
        if ($line.StartsWith(':')) { continue }
        $text, $help = $line.Split("`t", 2)
        $tip = if ($help) { $help } else { $text }
        [System.Management.Automation.CompletionResult]::new($text, $text, 'ParameterValue', $tip)
    }
}
