# A program of 8 × n lines, each of its parts typed.
BEGIN {
  print "let rec"
  print "  id : forall a. a -> a = fun x => x,"
  for (i = 0; i < n; i++) {
    printf "  area%d : { width : Number, height : Number } -> Number\n", i
    printf "    = fun shape => shape.width * shape.height + %d,\n", i
    printf "  label%d : String -> Array String -> String\n", i
    printf "    = fun prefix parts =>\n"
    printf "      prefix ++ std.string.join \"-\" (std.array.map (fun one => id (std.string.trim one)) parts),\n"
    printf "  pick%d : [| 'Left Number, 'Right String |] -> Number\n", i
    printf "    = fun side => side |> match { 'Left n => n + %d, 'Right s => std.string.length s },\n", i
    printf "  total%d : Number = std.array.fold_left (fun acc n => acc + n) 0 [area%d { width = %d, height = 2 }, 3],\n", i, i, i
  }
  print "in { total : Number = total0 }"
}
