;; One function: a Linear, y = x W^T + b, with four numbers to an instruction.
;;
;; x has `rows` rows of `inner` numbers, W has `columns` rows of as many, b has `columns`
;; numbers, y is `rows` by `columns`; x, w, b and y are where they begin in memory. `rows`
;; is a multiple of 4, `columns` one of 8. W is packed as `panels` in kernel.js does it:
;; eight of its rows at a time, and of these the numbers of one column side by side.
(module
  (memory (export "memory") 1)

  (func (export "linear")
    (param $x i32) (param $w i32) (param $b i32) (param $y i32)
    (param $rows i32) (param $inner i32) (param $columns i32)
    (local $x_stride i32) (local $y_stride i32)  ;; bytes from row to row
    (local $row i32) (local $column i32) (local $k i32)
    (local $x0 i32) (local $x1 i32) (local $x2 i32) (local $x3 i32) (local $panel i32)
    (local $number v128) (local $low v128) (local $high v128)
    (local $y00 v128) (local $y01 v128) (local $y10 v128) (local $y11 v128)
    (local $y20 v128) (local $y21 v128) (local $y30 v128) (local $y31 v128)

    (local.set $x_stride (i32.mul (local.get $inner) (i32.const 4)))
    (local.set $y_stride (i32.mul (local.get $columns) (i32.const 4)))
    (loop $columns_by_eight
      (local.set $row (i32.const 0))
      (local.set $x0 (local.get $x))
      (loop $rows_by_four
        ;; The four rows of x, and eight sums for each, which begin with the bias.
        (local.set $x1 (i32.add (local.get $x0) (local.get $x_stride)))
        (local.set $x2 (i32.add (local.get $x1) (local.get $x_stride)))
        (local.set $x3 (i32.add (local.get $x2) (local.get $x_stride)))
        (local.set $panel (local.get $w))
        (local.set $y00 (v128.load (local.get $b)))
        (local.set $y01 (v128.load offset=16 (local.get $b)))
        (local.set $y10 (local.get $y00)) (local.set $y11 (local.get $y01))
        (local.set $y20 (local.get $y00)) (local.set $y21 (local.get $y01))
        (local.set $y30 (local.get $y00)) (local.set $y31 (local.get $y01))

        (local.set $k (local.get $inner))
        (loop $products
          (local.set $low (v128.load (local.get $panel)))
          (local.set $high (v128.load offset=16 (local.get $panel)))

          (local.set $number (v128.load32_splat (local.get $x0)))
          (local.set $y00 (f32x4.add (local.get $y00)
            (f32x4.mul (local.get $number) (local.get $low))))
          (local.set $y01 (f32x4.add (local.get $y01)
            (f32x4.mul (local.get $number) (local.get $high))))

          (local.set $number (v128.load32_splat (local.get $x1)))
          (local.set $y10 (f32x4.add (local.get $y10)
            (f32x4.mul (local.get $number) (local.get $low))))
          (local.set $y11 (f32x4.add (local.get $y11)
            (f32x4.mul (local.get $number) (local.get $high))))

          (local.set $number (v128.load32_splat (local.get $x2)))
          (local.set $y20 (f32x4.add (local.get $y20)
            (f32x4.mul (local.get $number) (local.get $low))))
          (local.set $y21 (f32x4.add (local.get $y21)
            (f32x4.mul (local.get $number) (local.get $high))))

          (local.set $number (v128.load32_splat (local.get $x3)))
          (local.set $y30 (f32x4.add (local.get $y30)
            (f32x4.mul (local.get $number) (local.get $low))))
          (local.set $y31 (f32x4.add (local.get $y31)
            (f32x4.mul (local.get $number) (local.get $high))))

          (local.set $x0 (i32.add (local.get $x0) (i32.const 4)))
          (local.set $x1 (i32.add (local.get $x1) (i32.const 4)))
          (local.set $x2 (i32.add (local.get $x2) (i32.const 4)))
          (local.set $x3 (i32.add (local.get $x3) (i32.const 4)))
          (local.set $panel (i32.add (local.get $panel) (i32.const 32)))
          (local.set $k (i32.sub (local.get $k) (i32.const 1)))
          (br_if $products (local.get $k)))

        ;; Write them; $k is free, and now walks down the four rows of y.
        (local.set $k (i32.add
          (i32.add (local.get $y) (i32.mul (local.get $column) (i32.const 4)))
          (i32.mul (local.get $row) (local.get $y_stride))))
        (v128.store (local.get $k) (local.get $y00))
        (v128.store offset=16 (local.get $k) (local.get $y01))
        (local.set $k (i32.add (local.get $k) (local.get $y_stride)))
        (v128.store (local.get $k) (local.get $y10))
        (v128.store offset=16 (local.get $k) (local.get $y11))
        (local.set $k (i32.add (local.get $k) (local.get $y_stride)))
        (v128.store (local.get $k) (local.get $y20))
        (v128.store offset=16 (local.get $k) (local.get $y21))
        (local.set $k (i32.add (local.get $k) (local.get $y_stride)))
        (v128.store (local.get $k) (local.get $y30))
        (v128.store offset=16 (local.get $k) (local.get $y31))

        (local.set $row (i32.add (local.get $row) (i32.const 4)))
        (local.set $x0 (i32.add (local.get $x)
          (i32.mul (local.get $row) (local.get $x_stride))))
        (br_if $rows_by_four (i32.lt_u (local.get $row) (local.get $rows))))

      ;; The next eight rows of W, with their biases.
      (local.set $w (i32.add (local.get $w)
        (i32.mul (local.get $inner) (i32.const 32))))
      (local.set $b (i32.add (local.get $b) (i32.const 32)))
      (local.set $column (i32.add (local.get $column) (i32.const 8)))
      (br_if $columns_by_eight (i32.lt_u (local.get $column) (local.get $columns))))))
